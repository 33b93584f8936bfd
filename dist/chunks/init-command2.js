import { i as resolvePolicyKey, n as initCommand, r as initLocal, t as ensureLocalForge } from "./init-command.js";

export { initCommand };
