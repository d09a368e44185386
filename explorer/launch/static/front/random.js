// @ts-check
// The random numbers of NumPy's default_rng, bit for bit: SeedSequence, PCG64 and the ziggurat.
// Sources: O'Neill 2014 (PCG, XSL RR 128/64); Marsaglia & Tsang 2000; numpy/random of NumPy 2.

/** widths and limits of the ziggurat's layers, as in explorer/launch/static/normals.py. @typedef {{widths: number[], limits: number[]}} Normals */

const MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n;
const [STATE, WORD] = [(1n << 128n) - 1n, (1n << 64n) - 1n];
/** Where the ziggurat's tail begins, and one over it, as NumPy writes them. */
const [TAIL, OVER_TAIL] = [3.6541528853610088, 0.27366123732975828];

export class Random {
  /** @param {number} seed below 2³² @param {Normals} normals */
  constructor(seed, { widths, limits }) {
    const [high, low, sequenceHigh, sequenceLow] = wordsOf(seed);
    [this.widths, this.limits] = [widths, limits];
    this.heights = widths.map((width, layer) => (layer ? Math.exp(-0.5 * (width * 2 ** 52) ** 2) : 1));
    this.increment = ((((sequenceHigh << 64n) | sequenceLow) << 1n) | 1n) & STATE;
    this.state = this.increment;
    this.state += (high << 64n) | low;
    this.step();
  }

  step() {
    this.state = (this.state * MULTIPLIER + this.increment) & STATE;
  }

  /** 64 random bits. */
  bits() {
    this.step();
    const mixed = (this.state >> 64n) ^ (this.state & WORD);
    const turn = this.state >> 122n;
    return ((mixed >> turn) | (mixed << (64n - turn))) & WORD;
  }

  /** From 0 to 1. */
  uniform() {
    return Number(this.bits() >> 11n) / 2 ** 53;
  }

  /** @returns {number} */
  normal() {
    const bits = this.bits();
    const [layer, place] = [Number(bits & 255n), Number((bits >> 9n) & (2n ** 52n - 1n))];
    const [value, sign] = [place * this.widths[layer], (bits >> 8n) & 1n ? -1 : 1];
    if (place < this.limits[layer]) return sign * value;
    if (layer === 0) return ((place >> 8) & 1 ? -1 : 1) * this.far();
    const [below, above] = [this.heights[layer - 1], this.heights[layer]];
    return (below - above) * this.uniform() + above < Math.exp(-0.5 * value * value) ? sign * value : this.normal();
  }

  /** Beyond the last layer. */
  far() {
    for (;;) {
      const beyond = -OVER_TAIL * Math.log1p(-this.uniform());
      const height = -Math.log1p(-this.uniform());
      if (height + height > beyond * beyond) return TAIL + beyond;
    }
  }
}

/** What SeedSequence makes of a seed: four words of 64 bits. @param {number} seed */
function wordsOf(seed) {
  /** @param {number} constant @param {number} multiplier */
  const hashing = (constant, multiplier) => (/** @type {number} */ value) => {
    const mixed = value ^ constant;
    constant = Math.imul(constant, multiplier);
    return folded(Math.imul(mixed, constant));
  };
  const gather = hashing(0x43b0d7e5, 0x931e8875);
  const pool = [seed, 0, 0, 0].map(gather);
  for (const from of pool.keys()) {
    for (const to of pool.keys()) {
      if (from !== to) pool[to] = folded(Math.imul(0xca01f9dd, pool[to]) - Math.imul(0x4973f715, gather(pool[from])));
    }
  }
  const spread = hashing(0x8b51f9dd, 0x58f38ded);
  const halves = Array.from({ length: 8 }, (_, i) => BigInt(spread(pool[i % 4])));
  return [0, 2, 4, 6].map((i) => (halves[i + 1] << 32n) | halves[i]);
}

/** @param {number} value */
const folded = (value) => ((value >>> 0) ^ (value >>> 16)) >>> 0;
