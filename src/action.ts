// SPDX-License-Identifier: Apache-2.0
import { runAction } from './action/run.ts';
import { runToEnd } from './cli/run-to-end.ts';
import { requireCertificates } from './cli/strict-tls.ts';

requireCertificates();
await runToEnd(() => runAction(new Map(Object.entries(process.env))));
