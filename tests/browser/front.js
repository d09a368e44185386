// @ts-check
// The front's modules, to be called one by one.

import { opened, saidAfter } from "../../explorer/launch/static/front/front.js";
import { writeLink } from "../../explorer/launch/static/front/link.js";
import { edited } from "../../explorer/launch/static/front/problem.js";
import { Random } from "../../explorer/launch/static/front/random.js";
import { payloadOf } from "../../explorer/launch/static/front/told.js";

export const parts = { Random, edited, opened, payloadOf, saidAfter, writeLink };
