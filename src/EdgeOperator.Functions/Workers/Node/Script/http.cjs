'use strict';
// An HTTP request as the library's model wants it, and the model's answer as HTTP.

const { state } = require('./core.cjs')[Symbol.for('edgeop.worker')];

/** Everything a fetch API Request gives, made only when a function asks for it: most look at little. */
class LazyRequest {
    #native;
    #headers;
    #init;
    #body;

    constructor(url, method, headers, body) {
        this.url = url;
        this.method = method;
        this.#init = headers;
        this.#body = method === 'GET' || method === 'HEAD' || body?.length === 0 ? undefined : body;
    }

    get #request() {
        return (this.#native ??= new Request(this.url, {
            method: this.method, headers: this.#headers ?? this.#init, body: this.#body,
        }));
    }

    get headers() {
        return (this.#headers ??= new Headers(this.#init));
    }

    get body() {
        return this.#body === undefined ? null : this.#request.body;
    }

    get bodyUsed() {
        return this.#native?.bodyUsed ?? false;
    }

    arrayBuffer() {
        return this.#request.arrayBuffer();
    }

    blob() {
        return this.#request.blob();
    }

    formData() {
        return this.#request.formData();
    }

    json() {
        return this.#request.json();
    }

    text() {
        return this.#request.text();
    }

    clone() {
        return this.#request.clone();
    }
}

function joined(pairs) {
    const map = {};
    for (const [name, value] of pairs) {
        map[name] = name in map ? `${map[name]},${value}` : value;
    }

    return map;
}

/** RpcHttp, and for libraries that look for it a request object that is ready-made. */
function toRpcHttp(url, method, pairs, params, body) {
    return {
        url, method, params,
        get headers() {
            return joined(pairs.map(([name, value]) => [name.toLowerCase(), value]));
        },
        // Later libraries read the address themselves, which tells more than a map.
        get query() {
            return /^3\./.test(state.model.version) ? joined(new URL(url).searchParams) : undefined;
        },
        body: body === undefined || body.length === 0 ? undefined : { bytes: body },
        nativeRequest: new LazyRequest(url, method, pairs, body),
    };
}

const sameSite = { lax: 'lax', strict: 'strict', explicitNone: 'none' };

function toSetCookie(cookie) {
    const parts = [`${encodeURIComponent(cookie.name)}=${encodeURIComponent(cookie.value)}`];
    const add = (name, value) => value !== undefined && value !== null && parts.push(`${name}=${value}`);
    const { seconds, nanos } = cookie.expires?.value ?? {};
    add('expires', seconds === undefined ? undefined : new Date(seconds * 1000 + (nanos ?? 0) / 1e6).toUTCString());
    add('max-age', cookie.maxAge?.value);
    add('domain', cookie.domain?.value);
    add('path', cookie.path?.value ?? '/');
    if (cookie.secure?.value) {
        parts.push('secure');
    }

    add('samesite', sameSite[cookie.sameSite]);
    if (cookie.httpOnly?.value) {
        parts.push('httponly');
    }

    return parts.join('; ');
}

const empty = Buffer.alloc(0);

function toBytes(data) {
    const bytes = data?.bytes ?? data?.stream;
    if (bytes) {
        return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }

    const text = data?.string ?? data?.json ?? data?.int ?? data?.double;
    return text === undefined || text === null ? empty : Buffer.from(String(text));
}

/** @returns status, header pairs and body of the `http` output of an InvocationResponse; 204 for none. */
function toAnswer(fn, response) {
    const output = fn.metadata.bindings.$return ? response.returnValue
        : response.outputData?.find(({ data }) => data?.http)?.data;
    const http = output?.http;
    if (!http) {
        return { status: 204, headers: [], body: empty };
    }

    const headers = Object.entries(http.headers ?? {}).filter(([name]) => name !== 'set-cookie');
    const type = http.body?.json !== undefined && http.body?.json !== null ? 'application/json' : http.body?.string ? 'text/plain; charset=utf-8' : undefined;
    if (type && !headers.some(([name]) => name.toLowerCase() === 'content-type')) {
        headers.push(['content-type', type]);
    }

    const cookies = (http.cookies ?? []).map(toSetCookie);
    if (http.headers?.['set-cookie']) {
        cookies.push(http.headers['set-cookie']);
    }

    return { status: Number(http.statusCode ?? 200), headers: [...headers, ...cookies.map((c) => ['set-cookie', c])], body: toBytes(http.body) };
}

module.exports = { LazyRequest, toRpcHttp, toAnswer, toBytes };
