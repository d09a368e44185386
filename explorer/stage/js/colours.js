// @ts-check
// Colours of points by their responsibilities.

/** @typedef {import("./payload.js").Palette} Palette */

/** How far the colour of a point that nobody holds for the most part goes towards ink. */
const DOUBT = 0.5;

/** @param {string} colour "#rrggbb" */
export const channels = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

/**
 * n colours of n·K shares: the mean of the components' colours, the nearer to ink the more evenly
 * a point is shared, for opposite colours make grey; what nobody owns stays neutral.
 * @param {Float64Array | null} shares @param {number} K @param {number} n @param {Palette} palette
 */
export function blended(shares, K, n, palette) {
  if (!shares) return new Array(n).fill(palette.neutral);
  const own = palette.components.slice(0, K).map(channels);
  const [neutral, ink] = [palette.neutral, palette.ink].map(channels);
  return Array.from({ length: n }, (_, i) => {
    const of = shares.subarray(i * K, (i + 1) * K);
    const owned = of.reduce((sum, share) => sum + share, 0);
    const doubt = K > 1 ? (DOUBT * (owned - Math.max(...of)) * K) / (K - 1) : 0;
    const mixed = neutral.map((ground, c) => {
      const mean = of.reduce((sum, share, k) => sum + share * own[k][c], (1 - owned) * ground);
      return Math.round(mean + doubt * (ink[c] - mean));
    });
    return `rgb(${mixed.join(",")})`;
  });
}
