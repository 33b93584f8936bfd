import { i as resolvePolicyKey, n as initLocal, r as readPolicyText, t as initCommand } from "./init-command.js";

export { initCommand };
