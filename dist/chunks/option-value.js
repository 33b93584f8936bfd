import { Rt as CountersignError, zt as outcomeOf } from "./tuf.js";

// src/cli/option-value.ts
function optionValue(name, parse) {
	const outcome = outcomeOf(parse);
	if (outcome.kind === "accepted") return outcome.value;
	throw new CountersignError("usage", name, outcome.refusal.detail);
}

export { optionValue as t };
