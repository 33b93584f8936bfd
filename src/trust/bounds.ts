// SPDX-License-Identifier: Apache-2.0
// How much of a text we read that somebody else wrote. Each text is measured before it is parsed, so that no parser meets one without an end.

/** A review, comment or description on GitHub, in characters: its own limit. What is longer can't have been posted there, and can't be posted. */
export const MAX_BODY_CHARACTERS = 65_536;

/** The lines of one countersignature block: an event that changes more files than this in one go is signed in several blocks. */
export const MAX_BLOCK_LINES = 64;

/** One line of a block, in characters: a signature of the largest RSA key that OpenSSL makes (16,384 bits, 4,096 hex digits), and the rest twice over. */
export const MAX_LINE_CHARACTERS = 8192;

/** A policy or a workflow, in UTF-16 units: a hundred times what people write. The YAML library takes its time, so this is the smallest of the files. */
export const MAX_YAML_CHARACTERS = 262_144;

/** How deep YAML may nest: a matrix in a workflow has ten levels. The YAML library calls itself for each. */
export const MAX_YAML_DEPTH = 32;

/** `event.json`, in bytes: {@link MAX_LISTED_CHARACTERS} of paths as JSON, and {@link MAX_CONTRIBUTIONS} origins, fit however they are spelt. It only saves searching. */
export const MAX_EVENT_FILE_BYTES = 16_777_216;

/** The contributions of one event: of more, the latest are kept. */
export const MAX_CONTRIBUTIONS = 100;

/** The target paths that `event.json` lists, in UTF-16 units over all contributions: 10,000 of a common length. */
export const MAX_LISTED_CHARACTERS = 1_048_576;

/** A name or an address in `event.json`, in characters: GitHub's branches have at most 255, and an address holds two names and a number. */
export const MAX_NOTE_CHARACTERS = 1024;

/** The name of an artifact, in characters: GitHub's own limit is 260. Patterns are slower on longer names. */
export const MAX_ARTIFACT_NAME_CHARACTERS = 260;

/** Why custody keys alone may sign, in characters: a few sentences, which are shown whole to those who sign them. */
export const MAX_REASON_CHARACTERS = 1000;
