"""The one exception type for input that cannot be used."""


class InputError(ValueError):
    """Input refused at the edge.

    The text names the item, the rule it breaks and the cure, in words fit for a person;
    `code` is a short stable identifier for programs (for example ``"weight-zero"``).
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
