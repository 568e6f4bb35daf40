'use strict';
// Protocol buffers, as far as the stand-in needs them: messages by tables of [number, type, repeated or map].

function varint(value) {
    let rest = BigInt.asUintN(64, BigInt(value));
    const bytes = [];
    do {
        bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
        rest >>= 7n;
    } while (rest > 0n);
    return Buffer.from(bytes);
}

const zigzag = (value) => (BigInt(value) << 1n) ^ (BigInt(value) >> 63n);
const delimited = (bytes) => Buffer.concat([varint(bytes.length), bytes]);
const wireTypes = { int: 0, sint: 0, bool: 0, double: 1 };

function encodeOne(types, type, value) {
    switch (type) {
        case 'int': return varint(value);
        case 'sint': return varint(zigzag(value));
        case 'bool': return varint(value ? 1 : 0);
        case 'double': { const bytes = Buffer.alloc(8); bytes.writeDoubleLE(value); return bytes; }
        case 'string': return delimited(Buffer.from(value));
        case 'bytes': return delimited(value);
        default: return delimited(encode(types, type, value));
    }
}

function encode(types, name, message) {
    const parts = [];
    for (const [field, value] of Object.entries(message)) {
        const [number, type, many] = types[name][field];
        const add = (one) => parts.push(varint((number << 3) | (wireTypes[type] ?? 2)), encodeOne(types, type, one));
        if (many === 'map') {
            for (const [key, one] of Object.entries(value)) {
                parts.push(varint((number << 3) | 2), delimited(Buffer.concat([
                    varint((1 << 3) | 2), delimited(Buffer.from(key)), varint((2 << 3) | (wireTypes[type] ?? 2)), encodeOne(types, type, one)])));
            }
        } else {
            (many ? value : [value]).forEach(add);
        }
    }

    return Buffer.concat(parts);
}

function decode(types, name, bytes) {
    let at = 0;
    const number = () => {
        let value = 0n;
        for (let shift = 0n; ; shift += 7n) {
            const byte = bytes[at++];
            value |= BigInt(byte & 0x7f) << shift;
            if (byte < 0x80) {
                return value;
            }
        }
    };
    const raw = (wire) => {
        switch (wire) {
            case 0: return number();
            case 1: at += 8; return bytes.subarray(at - 8, at);
            case 2: { const length = Number(number()); at += length; return bytes.subarray(at - length, at); }
            default: throw new Error(`wire type ${wire} in ${name}`);
        }
    };
    const one = (type, value) => {
        switch (type) {
            case 'int': return Number(BigInt.asIntN(64, value));
            case 'sint': return Number((value >> 1n) ^ -(value & 1n));
            case 'bool': return value !== 0n;
            case 'double': return value.readDoubleLE();
            case 'string': return value.toString('utf8');
            case 'bytes': return value;
            default: return decode(types, type, value);
        }
    };
    const message = {};
    while (at < bytes.length) {
        const tag = Number(number());
        const value = raw(tag & 7);
        const field = Object.entries(types[name]).find(([, [n]]) => n === tag >> 3);
        if (!field) {
            throw new Error(`${name} has no field ${tag >> 3}`);
        }

        const [key, [, type, many]] = field;
        if (many === 'map') {
            const entry = decode({ ...types, entry: { key: [1, 'string'], value: [2, type] } }, 'entry', value);
            (message[key] ??= {})[entry.key ?? ''] = entry.value ?? (type === 'string' ? '' : {});
        } else if (many) {
            (message[key] ??= []).push(one(type, value));
        } else {
            message[key] = one(type, value);
        }
    }

    return message;
}

module.exports = { encode, decode };
