using EdgeOperator;
using EdgeOperator.Functions.Hosting;
using EdgeOperator.Functions.Hosting.Commands;

NativeSqlite.Offer();

return await new HostCommand(Console.Out, Console.Error, Parts.ComposeAsync).RunAsync(args);
