import { n as writeNewKey, t as keygenCommand } from "./keygen-command2.js";

export { keygenCommand };
