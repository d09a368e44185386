// @ts-check
// A PNG file that says how large it is meant: the chunk pHYs of https://www.w3.org/TR/png/#11pHYs.

const INCH = 0.0254;
const AFTER_HEADER = 8 + 25;

/** @param {Blob} png as a canvas makes it @param {number} dpi @returns {Promise<Blob>} */
export async function withDensity(png, dpi) {
  const bytes = new Uint8Array(await png.arrayBuffer());
  const chunk = new DataView(new ArrayBuffer(21));
  const perMetre = Math.round(dpi / INCH);
  chunk.setUint32(0, 9);
  [..."pHYs"].forEach((letter, i) => chunk.setUint8(4 + i, letter.charCodeAt(0)));
  chunk.setUint32(8, perMetre);
  chunk.setUint32(12, perMetre);
  chunk.setUint8(16, 1);
  chunk.setUint32(17, checksum(new Uint8Array(chunk.buffer, 4, 13)));
  return new Blob([bytes.subarray(0, AFTER_HEADER), chunk.buffer, bytes.subarray(AFTER_HEADER)], { type: "image/png" });
}

/** CRC-32 as PNG has it. @param {Uint8Array} bytes */
function checksum(bytes) {
  let rest = 0xffffffff;
  for (const byte of bytes) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  }
  return (rest ^ 0xffffffff) >>> 0;
}
