// @ts-check
// Pictures made into files.

import { withDensity } from "./png.js";

const CSS_DPI = 96;

/** An SVG text as PNG. @param {string} svg @param {number} dpi @returns {Promise<Blob>} */
export async function rastered(svg, dpi) {
  const image = new Image();
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    image.src = address;
    await image.decode();
  } finally {
    URL.revokeObjectURL(address);
  }
  const canvas = document.createElement("canvas");
  canvas.width = Math.round((image.naturalWidth * dpi) / CSS_DPI);
  canvas.height = Math.round((image.naturalHeight * dpi) / CSS_DPI);
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  /** @type {Blob} */
  const png = await new Promise((resolve) => canvas.toBlob((blob) => resolve(/** @type {Blob} */ (blob))));
  return withDensity(png, dpi);
}

/** @param {Blob} file @param {string} name */
export function save(file, name) {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** @param {Blob} file @returns {Promise<string>} */
export function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).split(",")[1]);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
