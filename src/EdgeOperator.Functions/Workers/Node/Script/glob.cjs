'use strict';
// File patterns as in package.json's "main": * ? ** [abc] {a,b}. Nothing is found below node_modules or dotted names.

const fs = require('node:fs');
const path = require('node:path');

const isPattern = (text) => /[*?[\]{}]/.test(text);

function expand(pattern) {
    const braces = /\{([^{}]*)\}/.exec(pattern);
    return braces
        ? braces[1].split(',').flatMap((part) => expand(pattern.slice(0, braces.index) + part + pattern.slice(braces.index + braces[0].length)))
        : [pattern];
}

function toRegExp(segment) {
    const source = segment.replace(/[.+^$()|\\]/g, '\\$&').replace(/\[!/g, '[^').replace(/\*/g, '[^/]*').replace(/\?/g, '[^/]');
    return new RegExp(`^${source}$`);
}

function* walk(folder, [segment, ...rest]) {
    if (segment === '**') {
        yield* walk(folder, rest);
    }

    if (segment === '..') {
        yield* walk(path.join(folder, '..'), rest);
        return;
    }

    for (const entry of list(folder)) {
        const full = path.join(folder, entry.name);
        const isFolder = entry.isDirectory() || (entry.isSymbolicLink() && fs.statSync(full, { throwIfNoEntry: false })?.isDirectory());
        if (segment === '**') {
            if (isFolder && entry.name !== 'node_modules' && !entry.name.startsWith('.')) {
                yield* walk(full, ['**', ...rest]);
            }
        } else if (toRegExp(segment).test(entry.name) && entry.name.startsWith('.') === segment.startsWith('.')) {
            if (rest.length > 0 && isFolder) {
                yield* walk(full, rest);
            } else if (rest.length === 0 && !isFolder) {
                yield full;
            }
        }
    }
}

function list(folder) {
    try {
        return fs.readdirSync(folder, { withFileTypes: true });
    } catch (error) {
        if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
            return [];
        }

        throw error;
    }
}

/** @returns absolute paths, in order and once each. */
function glob(folder, pattern) {
    const all = expand(pattern).flatMap((one) => [...walk(folder, one.split('/').filter((part) => part !== '' && part !== '.'))]);
    return [...new Set(all)].sort();
}

module.exports = { glob, isPattern };
