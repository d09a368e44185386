// @ts-check
// Colours of points by their responsibilities.

/** @typedef {import("./payload.js").Palette} Palette */

/** @param {string} colour "#rrggbb" */
export const channels = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

/**
 * n colours of n·K shares: the mean of the components' colours; what nobody owns stays neutral.
 * @param {Float64Array | null} shares @param {number} K @param {number} n @param {Palette} palette
 */
export function blended(shares, K, n, palette) {
  if (!shares) return new Array(n).fill(palette.neutral);
  const own = palette.components.slice(0, K).map(channels);
  const neutral = channels(palette.neutral);
  return Array.from({ length: n }, (_, i) => {
    let owned = 0;
    const mixed = [0, 0, 0];
    for (let k = 0; k < K; k++) {
      const share = shares[i * K + k];
      owned += share;
      for (let c = 0; c < 3; c++) mixed[c] += share * own[k][c];
    }
    for (let c = 0; c < 3; c++) mixed[c] = Math.round(mixed[c] + (1 - owned) * neutral[c]);
    return `rgb(${mixed.join(",")})`;
  });
}
