// SPDX-License-Identifier: Apache-2.0
export { BOT_LOGIN } from './accounts.ts';
export { createLocalForge, LocalForge, openLocalForge } from './forge.ts';
export type { LocalStatus } from './forge.ts';
