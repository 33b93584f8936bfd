// SPDX-License-Identifier: Apache-2.0
import { artifactRoutes } from './artifacts.ts';
import { assetRoutes } from './assets.ts';
import type { Route } from './call.ts';
import { commitRoutes } from './commits.ts';
import { environmentRoutes } from './environments.ts';
import { dataRoutes } from './git-data.ts';
import { refRoutes } from './git-refs.ts';
import { limitRoutes } from './limits.ts';
import { pagesRoutes } from './pages.ts';
import { peopleRoutes } from './people.ts';
import { pullRoutes } from './pulls.ts';
import { releaseRoutes } from './releases.ts';
import { repositoryRoutes } from './repositories.ts';
import { reviewRoutes } from './reviews.ts';
import { runRoutes } from './runs.ts';
import { secretRoutes } from './secrets.ts';
import { settingRoutes } from './settings.ts';

/** Everything that the fake serves. */
export const routes: readonly Route[] = [
  ...repositoryRoutes,
  ...refRoutes,
  ...dataRoutes,
  ...commitRoutes,
  ...pullRoutes,
  ...reviewRoutes,
  ...peopleRoutes,
  ...releaseRoutes,
  ...assetRoutes,
  ...runRoutes,
  ...artifactRoutes,
  ...environmentRoutes,
  ...secretRoutes,
  ...settingRoutes,
  ...pagesRoutes,
  ...limitRoutes,
];
