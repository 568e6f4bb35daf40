'use strict';
// The protocol's one stream, dialled by gRPC over Node's own HTTP/2.

const http2 = require('node:http2');
const { encode, decode } = require('./protobuf.cjs');
const types = require('./messages.cjs');

const argument = (name) => process.argv[process.argv.indexOf(name) + 1];

// Calls take with each message; prefix is the length that each message is said to have, its own when left out.
function open(take, prefix) {
    const session = http2.connect(argument('--functions-uri'), { settings: { initialWindowSize: 1 << 20 } });
    const stream = session.request({
        ':method': 'POST', ':path': '/AzureFunctionsRpcMessages.FunctionRpc/EventStream', 'content-type': 'application/grpc', te: 'trailers',
    });
    const tell = (fields) => fields['grpc-status'] && console.log(`status ${fields['grpc-status']} ${decodeURIComponent(fields['grpc-message'] ?? '')}`);
    stream.on('response', tell);
    stream.on('trailers', tell);
    stream.on('end', () => process.exit(0));
    stream.on('error', () => process.exit(1));

    let waiting = [];
    let length = 0;
    let needed = 5;
    stream.on('data', (chunk) => {
        waiting.push(chunk);
        length += chunk.length;
        if (length < needed) {
            return;
        }

        let bytes = Buffer.concat(waiting);
        for (needed = 5; bytes.length >= needed; needed = 5) {
            const end = 5 + bytes.readUInt32BE(1);
            if (bytes.length < end) {
                needed = end;
                break;
            }

            take(decode(types, 'Message', bytes.subarray(5, end)));
            bytes = bytes.subarray(end);
        }

        waiting = [bytes];
        length = bytes.length;
    });

    const send = (message) => {
        const content = encode(types, 'Message', message);
        const head = Buffer.alloc(5);
        head.writeUInt32BE(prefix ?? content.length, 1);
        stream.write(Buffer.concat([head, content]));
    };
    return { send, close: () => stream.close() };
}

module.exports = { open, argument };
