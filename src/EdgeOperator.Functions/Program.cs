using EdgeOperator.Functions.Hosting;
using EdgeOperator.Functions.Hosting.Commands;

return await new HostCommand(Console.Out, Console.Error, Parts.ComposeAsync).RunAsync(args);
