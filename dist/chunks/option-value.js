import { Qt as outcomeOf, Zt as CountersignError } from "./tuf.js";

// src/cli/option-value.ts
function optionValue(name, parse) {
	const outcome = outcomeOf(parse);
	if (outcome.kind === "accepted") return outcome.value;
	throw new CountersignError("usage", name, outcome.refusal.detail);
}
function collectValues(text, before) {
	return [...before, text];
}

export { optionValue as n, collectValues as t };
