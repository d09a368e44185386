// @ts-check
// The front's modules, to be called one by one.

import { opened, saidAfter } from "../../explorer/launch/static/front/front.js";
import { writeLink } from "../../explorer/launch/static/front/link.js";
import { edited } from "../../explorer/launch/static/front/problem.js";
import { payloadOf } from "../../explorer/launch/static/front/told.js";

export const parts = { edited, opened, payloadOf, saidAfter, writeLink };
