// A button for every chart and format. Plotly makes the file here, in the browser.

export default function pictures({ data, parentElement }) {
  const list = parentElement.querySelector(".em-pictures");
  list.replaceChildren(...data.pictures.map((picture) => row(picture, data)));
}

function row(picture, { stem, width, scale }) {
  const line = document.createElement("p");
  const label = document.createElement("span");
  label.textContent = picture.label;
  const buttons = ["png", "svg"].map((format) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = format.toUpperCase();
    button.setAttribute("aria-label", `${picture.label} as ${format.toUpperCase()}`);
    button.addEventListener("click", () =>
      Plotly.downloadImage(
        { data: picture.data, layout: picture.layout },
        {
          format,
          width,
          height: picture.height,
          scale: format === "png" ? scale : 1,
          filename: `${stem}-${picture.key}`,
        },
      ),
    );
    return button;
  });
  line.append(label, ...buttons);
  return line;
}
