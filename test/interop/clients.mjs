// SPDX-License-Identifier: Apache-2.0
// The clients that are run, each as a program of one form:
//
//   CLIENT METADATA_URL TARGETS_URL ROOT_FILE WORK_DIR TARGET...
//
// It begins with the root and what it has in WORK_DIR/metadata, updates, and for each target prints one line of JSON: {"target", "result": "reads"}, and
// then the file is at WORK_DIR/files/<index>; or {"target", "error"}. It exits with 0 when all were read, 1 when one was not, 2 when it was called wrongly.
//
// python-tuf, go-tuf and tough are built from their registries, pinned by lock files, once for each content of what they are built from and each version
// of what builds them, into the user's cache directory.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const PROJECT = path.resolve(HERE, '../..');
const CACHE = path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'countersign');
const BUILD_TIMEOUT_MS = 30 * 60_000;

/** What a tool says of its version. The tool is needed to build a client, and no other will do. */
function versionOf(tool, args, install) {
  try {
    return execFileSync(tool, args, { encoding: 'utf8' }).trim();
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    throw new Error(`${tool}: expected it on this machine, to build a client from its registry; got none. Install ${install}`, {
      cause: error,
    });
  }
}

/** The directory that `build` has filled, now or earlier, for these files and versions. */
function built(name, versions, files, build) {
  const hash = createHash('sha256').update(JSON.stringify(versions));
  for (const file of files) hash.update(`\0${file}\0`).update(readFileSync(path.join(HERE, file)));
  const directory = path.join(CACHE, `interop-${name}-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(directory)) return directory;
  mkdirSync(CACHE, { recursive: true });
  const started = performance.now();
  console.error(`building ${name}, once for this lock file`);
  const building = mkdtempSync(`${directory}.`);
  try {
    build(building);
    renameSync(building, directory);
  } catch (error) {
    rmSync(building, { recursive: true, force: true });
    // Another run may have been faster.
    if (!existsSync(directory)) throw error;
  }
  console.error(`built ${name} in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  return directory;
}

function run(tool, args, options = {}) {
  execFileSync(tool, args, { stdio: ['ignore', 2, 'inherit'], timeout: BUILD_TIMEOUT_MS, ...options });
}

function pythonTuf() {
  const versions = [versionOf('python3', ['--version'], 'python3 and python3-venv')];
  const directory = built('python-tuf', versions, ['requirements.txt'], (out) => {
    run('python3', ['-m', 'venv', out]);
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--require-hashes'];
    run(path.join(out, 'bin/python'), [...install, '--requirement', path.join(HERE, 'requirements.txt')]);
  });
  // Only bin/python is used, which finds itself wherever it was moved.
  return [path.join(directory, 'bin/python'), path.join(HERE, 'python_tuf.py')];
}

function goTuf() {
  const versions = [versionOf('go', ['version'], 'Go 1.25 or later')];
  const directory = built('go-tuf', versions, ['go-tuf/go.mod', 'go-tuf/go.sum', 'go-tuf/main.go'], (out) => {
    const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' };
    const args = ['build', '-mod=readonly', '-trimpath', '-buildvcs=false', '-o', path.join(out, 'client'), '.'];
    run('go', args, { cwd: path.join(HERE, 'go-tuf'), env });
  });
  return [path.join(directory, 'client')];
}

function tough() {
  const versions = ['cargo', 'rustc'].map((tool) =>
    versionOf(tool, ['--version'], 'Rust 1.88 or later (cargo and rustc), and a C compiler'),
  );
  const directory = built('tough', versions, ['tough/Cargo.toml', 'tough/Cargo.lock', 'tough/src/main.rs'], (out) => {
    const target = path.join(out, 'target');
    run('cargo', ['build', '--quiet', '--release', '--locked', '--target-dir', target], { cwd: path.join(HERE, 'tough') });
    renameSync(path.join(target, 'release/countersign-interop-tough'), path.join(out, 'client'));
    rmSync(target, { recursive: true });
  });
  return [path.join(directory, 'client')];
}

/** One match of a pattern in a file. */
function pinned(file, pattern) {
  const [, version] = pattern.exec(readFileSync(path.join(HERE, file), 'utf8')) ?? [];
  if (version === undefined) throw new Error(`${file}: expected a version, got none`);
  return version;
}

/** The clients by id: their version, and the program with its first arguments, built when it is asked for. */
export const CLIENTS = {
  countersign: { version: 'this one', command: () => [process.execPath, path.join(HERE, 'countersign.mjs')] },
  'tuf-js': {
    version: createRequire(import.meta.url)('tuf-js/package.json').version,
    command: () => [process.execPath, path.join(HERE, 'tuf-js.mjs')],
  },
  'python-tuf': { version: pinned('requirements.txt', /^tuf==(\S+)/m), command: pythonTuf },
  'go-tuf': { version: pinned('go-tuf/go.mod', /go-tuf\/v2 v(\S+)/), command: goTuf },
  tough: { version: pinned('tough/Cargo.lock', /name = "tough"\nversion = "([^"]+)"/), command: tough },
};

/** The environment in which clients run: no proxy stands between them and this machine. */
export const ENVIRONMENT = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(https?|all|no)_proxy$/i.test(name))),
  COUNTERSIGN_CLI: process.env.COUNTERSIGN_CLI ?? path.join(PROJECT, 'dist/cli.js'),
};
