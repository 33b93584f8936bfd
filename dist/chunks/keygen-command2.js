import { n as writeNewKey, t as keygenCommand } from "./keygen-command.js";

export { keygenCommand };
