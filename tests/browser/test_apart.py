"""The page's own messages keep away from presses beside the stage."""

import pytest

SENT = """async (pressed) => {
  document.body.innerHTML = `<div class="em-stage"><button id="within">E-step</button></div>
    <button id="beside">Undo</button><p id="nothing">Words</p>`;
  const sent = [];
  if (pressed) document.getElementById(pressed).click();
  apart.keepApart(() => sent.push("first"));
  apart.keepApart(() => sent.push("last"));
  const atOnce = sent.length;
  await new Promise((done) => setTimeout(done, 400));
  apart.keepApart(() => sent.push("later"));
  return [atOnce, sent];
}"""


@pytest.mark.parametrize("pressed", ["", "within", "nothing"])
def test_they_are_sent_at_once(module, pressed):
    page = module("apart")
    page.wait_for_timeout(200)
    assert page.evaluate(SENT, pressed) == [2, ["first", "last", "later"]]


def test_after_a_press_beside_the_stage_the_last_one_is_sent_a_moment_later(module):
    page = module("apart")
    page.wait_for_timeout(200)
    assert page.evaluate(SENT, "beside") == [0, ["last", "later"]]
