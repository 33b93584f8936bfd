import { zt as CountersignError } from "./tuf.js";

// src/commands/workplace.ts
const MAX_ATTEMPTS = 12;
async function untilSettled(step) {
	for (let attempt = 1;; attempt++) try {
		return await step();
	} catch (error) {
		if (!(error instanceof CountersignError && error.code === "ref-conflict") || attempt === MAX_ATTEMPTS) throw error;
	}
}

export { untilSettled as t };
