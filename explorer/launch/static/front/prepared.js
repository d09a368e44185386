// @ts-check
// What explorer/launch/static/prepared.py hands over, made when the site was built.

/** @typedef {import("../../../stage/js/payload.js").MixturePayload} MixturePayload */
/** @typedef {import("../../../stage/js/payload.js").Payload} Payload */

/**
 * sets: the data sets by name, starts[K − 1] the suggested start with K components; charts: of one
 * column and of two or more by the spread that is shown, with everything in it that depends on neither data nor run;
 * draw: of a generator, where a link does not say it; pages: those that show the stage, the first one
 * unless the address says another; tour: what is said in the first minute, as explorer/app/tour.py has it.
 * @typedef {{
 *   fields: import("./link.js").Fields,
 *   limits: {link: number, unpacked: number, written: number, missing: string, points: number},
 *   usual: string,
 *   sets: Record<string, {points: number[], d: number, title: string, columns: string[], units: string[],
 *     usual: number, starts: MixturePayload[], truth: MixturePayload | null}>,
 *   own: {title: string, x_column: string, y_column: string, x_unit: string, y_unit: string, columns: string[]},
 *   draw: import("./drawn.js").Draw,
 *   normals: import("./random.js").Normals,
 *   edited: string,
 *   options: import("../../../stage/js/em.js").Options,
 *   display: import("./problem.js").Display,
 *   pages: string[],
 *   tour: string[],
 *   palette: Payload["palette"],
 *   endings: Payload["run"]["endings"],
 *   charts: Record<"variance" | "sd", Payload["charts"]>[],
 *   words: Record<"several" | "shown" | "binned" | "thinned" | "sized" | "start" | "later" | "few" | "counted" | "all" | "some" | "inOrder", string>,
 *   sizes: {maxDots: number, maxPlaneDots: number, maxBars: number, stripColumns: number, fewDots: number,
 *     wide: number, narrow: number, opening: number, spike: number, tall: number, mixtures: number, grid: number,
 *     ticks: number, fewBars: number, gaps: Record<"strip" | "few" | "more", number>},
 *   embedded?: boolean,
 * }} Prepared
 */

export {};
