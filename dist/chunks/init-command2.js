import { n as initLocal, r as resolvePolicyKey, t as initCommand } from "./init-command.js";

export { initCommand };
