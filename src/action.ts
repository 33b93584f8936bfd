// SPDX-License-Identifier: Apache-2.0
import { runAction } from './action/run.ts';

process.exitCode = await runAction(new Map(Object.entries(process.env)));
