'use strict';
// Loads an app: the files that package.json's "main" names, or the scripts of function.json files.

const fs = require('node:fs');
const path = require('node:path');
const Module = require('node:module');
const { pathToFileURL } = require('node:url');
const { state, runHooks } = require('./core.cjs')[Symbol.for('edgeop.worker')];
const { appHookData } = require('./invoke.cjs');
const { glob, isPattern } = require('./glob.cjs');
const { AppError, words } = require('./functions.cjs');

const coreName = '@azure/functions-core';
const coreFile = path.join(__dirname, 'core.cjs');

/** Gives require() and import the core module, which no package registry has. */
function provideCore(forImports) {
    const resolve = Module._resolveFilename;
    Module._resolveFilename = function (request, ...others) {
        return request === coreName ? coreFile : resolve.call(this, request, ...others);
    };
    if (!forImports) {
        return;
    }

    const url = pathToFileURL(coreFile).href;
    if (Module.registerHooks) {
        Module.registerHooks({
            resolve: (specifier, context, next) => (specifier === coreName ? { url, format: 'commonjs', shortCircuit: true } : next(specifier, context)),
        });
    } else {
        const hook = `export const resolve = async (specifier, context, next) =>
            specifier === ${JSON.stringify(coreName)} ? { url: ${JSON.stringify(url)}, format: 'commonjs', shortCircuit: true } : next(specifier, context);`;
        Module.register?.(`data:text/javascript,${encodeURIComponent(hook)}`);
    }
}

function readPackage(folder) {
    try {
        return JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8').replace(/^\ufeff/, ''));
    } catch (error) {
        if (error.code === 'ENOENT') {
            return {};
        }

        throw new AppError(`package.json can't be read: ${error.message}`);
    }
}

const isModule = (file, manifest) => file.endsWith('.mjs') || (!file.endsWith('.cjs') && manifest.type === 'module');

function load(file, manifest) {
    return isModule(file, manifest) ? import(pathToFileURL(file).href) : require(file);
}

function entries(folder, main) {
    if (isPattern(main)) {
        return glob(folder, main);
    }

    return [Module.createRequire(path.join(folder, 'package.json')).resolve(path.resolve(folder, main))];
}

/** @returns whether the app registered functions; false where function.json files are to say what there is. */
async function loadApp(folder) {
    const manifest = readPackage(folder);
    const files = manifest.main ? entries(folder, manifest.main) : [];
    if (manifest.main && files.length === 0) {
        throw new AppError(`No file matches "main" in package.json: ${manifest.main}. Has the app been built?`);
    }

    provideCore(files.some((file) => isModule(file, manifest)));
    for (const file of files) {
        try {
            await load(file, manifest);
        } catch (error) {
            throw new AppError(`${path.relative(folder, file)} can't be loaded: ${words(error)}`);
        }
    }

    await runHooks('appStart', { hookData: {}, appHookData, functionAppDirectory: folder });
    await takeStreams();
    return state.functions.size > 0;
}

/** The library opens a port for streams by http.createServer; it gets our own server's requests instead. */
async function takeStreams() {
    const http = require('node:http');
    const { createServer } = http;
    const stand = Object.assign(new (require('node:events'))(), {
        address: () => ({ port: 1 }),
        listen(...others) {
            others.at(-1)();
            return stand;
        },
        close() {},
    });
    http.createServer = () => stand;
    try {
        const capabilities = await state.model?.getCapabilities?.({});
        state.streams = capabilities?.HttpUri ? stand : undefined;
    } finally {
        http.createServer = createServer;
    }
}

/** Loads function.json's scripts: [{ name, script, entryPoint, bindings: { name: binding } }] → { name: error }. */
async function loadScripts(scripts) {
    const problems = {};
    const folder = process.cwd();
    const manifest = readPackage(folder);
    for (const { name, script, entryPoint, bindings } of scripts) {
        for (const binding of Object.values(bindings)) {
            binding.direction = binding.direction?.toLowerCase() ?? 'in';
        }

        try {
            const [callback, self] = entry(await load(script, manifest), entryPoint);
            const trigger = Object.keys(bindings).find((key) => /trigger$/i.test(bindings[key].type));
            state.functions.set(name.toLowerCase(), {
                metadata: { name, functionId: name, bindings }, trigger, callback: callback.bind(self), plainHttp: false,
            });
        } catch (error) {
            problems[name] = words(error);
        }
    }

    requireModel(folder);
    return problems;
}

// The older library sets its model when it is asked to.
function requireModel(folder) {
    if (state.model) {
        return;
    }

    state.locked = false;
    try {
        Module.createRequire(path.join(folder, 'package.json'))('@azure/functions').setup();
    } catch (error) {
        throw new Error(`An app with function.json files needs the package @azure/functions 3.5 or newer of version 3: ${error.message}`);
    } finally {
        state.locked = true;
    }
}

function entry(script, name) {
    const exported = script?.default && Object.keys(script).length === 1 ? script.default : script;
    if (typeof exported === 'function') {
        return [exported, undefined];
    }

    const names = Object.keys(exported ?? {});
    const found = name ? exported[name] : names.length === 1 ? exported[names[0]] : exported.run ?? exported.index;
    if (typeof found !== 'function') {
        throw new Error(name ? `The script exports no function "${name}".` : 'The script exports no function, or several without "entryPoint" in function.json saying which.');
    }

    return [found, exported];
}

module.exports = { loadApp, loadScripts };
