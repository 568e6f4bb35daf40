using EdgeOperator.Hub.Hosting;
using EdgeOperator.Platform.Sqlite;

NativeSqlite.Offer();
return await new HubCommand(Console.Out, Console.Error).RunAsync(args);
