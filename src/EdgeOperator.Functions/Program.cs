using EdgeOperator.Functions.Hosting;
using EdgeOperator.Functions.Hosting.Commands;
using EdgeOperator.Platform.Sqlite;

NativeSqlite.Offer();

// Before the first socket: what a socket completes goes on at once, on the thread that waits for all of them. Passing a
// request on takes a quarter less time so; Invoker leaves that thread before it does anything that may block.
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");

return await new HostCommand(Console.Out, Console.Error, Parts.ComposeAsync).RunAsync(args);
