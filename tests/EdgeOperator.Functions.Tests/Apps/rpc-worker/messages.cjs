'use strict';
// The language worker protocol's messages, as far as the tests' workers speak them.

const types = {
    Message: {
        id: [1, 'string'], log: [2, 'Log'], invocationRequest: [4, 'Invocation'], invocationResponse: [5, 'Response'],
        loadRequest: [8, 'Load'], loadResponse: [9, 'Loaded'], terminate: [14, 'Terminate'], initResponse: [16, 'Initialized'],
        initRequest: [17, 'Init'], start: [20, 'Start'], cancel: [21, 'Cancel'], metadataRequest: [29, 'MetadataRequest'],
        metadataResponse: [30, 'Metadata'], loadAll: [31, 'LoadAll'], loadedAll: [32, 'LoadedAll'],
    },
    Start: { workerId: [2, 'string'] },
    Init: { hostVersion: [1, 'string'], capabilities: [2, 'string', 'map'], logCategories: [3, 'int', 'map'], workerDirectory: [4, 'string'], appDirectory: [5, 'string'] },
    Initialized: { version: [1, 'string'], capabilities: [2, 'string', 'map'], result: [3, 'Status'], metadata: [4, 'WorkerMetadata'] },
    WorkerMetadata: { runtimeName: [1, 'string'], runtimeVersion: [2, 'string'], version: [3, 'string'], bitness: [4, 'string'] },
    Status: { result: [1, 'string'], exception: [2, 'Exception'], status: [4, 'int'] },
    Exception: { stack: [1, 'string'], message: [2, 'string'] },
    MetadataRequest: { appDirectory: [1, 'string'] },
    Metadata: { functions: [1, 'Function', true], result: [2, 'Status'], useDefault: [3, 'bool'] },
    Function: {
        directory: [1, 'string'], scriptFile: [2, 'string'], entryPoint: [3, 'string'], name: [4, 'string'], bindings: [6, 'Binding', 'map'],
        language: [9, 'string'], rawBindings: [10, 'string', true], functionId: [13, 'string'], retry: [15, 'Retry'], properties: [16, 'string', 'map'],
    },
    Binding: { type: [2, 'string'], direction: [3, 'int'], dataType: [4, 'int'], properties: [5, 'string', 'map'] },
    Retry: { max: [2, 'int'], delay: [3, 'Duration'], minimum: [4, 'Duration'], maximum: [5, 'Duration'], strategy: [6, 'int'] },
    Duration: { seconds: [1, 'int'], nanos: [2, 'int'] },
    Load: { functionId: [1, 'string'], metadata: [2, 'Function'], managed: [3, 'bool'] },
    Loaded: { functionId: [1, 'string'], result: [2, 'Status'] },
    LoadAll: { all: [1, 'Load', true] },
    LoadedAll: { all: [1, 'Loaded', true] },
    Invocation: { invocationId: [1, 'string'], functionId: [2, 'string'], inputs: [3, 'Parameter', true], metadata: [4, 'Data', 'map'], trace: [5, 'Trace'], retry: [6, 'RetryContext'] },
    Trace: { parent: [1, 'string'], state: [2, 'string'] },
    RetryContext: { count: [1, 'int'], max: [2, 'int'] },
    Parameter: { name: [1, 'string'], data: [2, 'Data'] },
    Data: {
        string: [1, 'string'], json: [2, 'string'], bytes: [3, 'bytes'], stream: [4, 'bytes'], http: [5, 'Http'], int: [6, 'sint'], double: [7, 'double'],
        strings: [9, 'Strings'], ints: [11, 'Ints'],
    },
    Strings: { string: [1, 'string', true] },
    Ints: { int: [1, 'sint', true] },
    Http: {
        method: [1, 'string'], url: [2, 'string'], headers: [3, 'string', 'map'], body: [4, 'Data'], params: [10, 'string', 'map'], status: [12, 'string'],
        query: [15, 'string', 'map'], rawBody: [17, 'Data'], cookies: [19, 'Cookie', true],
        nullableHeaders: [20, 'Nullable', 'map'], nullableParams: [21, 'Nullable', 'map'], nullableQuery: [22, 'Nullable', 'map'],
    },
    Nullable: { value: [1, 'string'] },
    Cookie: { name: [1, 'string'], value: [2, 'string'], domain: [3, 'Nullable'], maxAge: [9, 'NullableDouble'], sameSite: [8, 'int'], httpOnly: [7, 'NullableBool'] },
    NullableDouble: { value: [1, 'double'] },
    NullableBool: { value: [1, 'bool'] },
    Response: { invocationId: [1, 'string'], outputs: [2, 'Parameter', true], result: [3, 'Status'], returnValue: [4, 'Data'] },
    Cancel: { grace: [1, 'Duration'], invocationId: [2, 'string'] },
    Terminate: { grace: [1, 'Duration'] },
    Log: { invocationId: [1, 'string'], category: [2, 'string'], level: [3, 'int'], message: [4, 'string'], exception: [6, 'Exception'], logCategory: [8, 'int'] },
};

module.exports = types;
