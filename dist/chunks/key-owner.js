import { At as readProposal, Dt as signersFor } from "./event.js";
import { $t as quote, Zt as CountersignError } from "./tuf.js";

// src/commands/key-owner.ts
function keyOwner(keyId, role, facts, base) {
	return signersFor(role, readProposal(facts.changes, base), base).find(({ roleKeys }) => roleKeys.keyIds.includes(keyId))?.people.byKey.get(keyId) ?? null;
}
async function requireOwnAccount(place, { name, account, custody }) {
	if (account === null || custody) return;
	const viewer = await place.forge.viewer();
	if (viewer.id !== account.id) throw new CountersignError("not-a-signer", viewer.login, `expected the account of ${quote(name)}, ${quote(account.login)}, whose key it is; from another account the signature would not count`);
}
async function ownWorkplace(place, person, openAs) {
	const own = openAs === null ? place : await openAs(person);
	await requireOwnAccount(own, person);
	return own;
}

export { ownWorkplace as n, keyOwner as t };
