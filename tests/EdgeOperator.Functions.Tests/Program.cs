using EdgeOperator.Functions.Tests.Queues;

// The test assembly as a process of its own, for tests that kill it.
await QueueWorkerProcess.RunAsync(args[0], args[1], args[2]);
