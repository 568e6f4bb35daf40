using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace IsolatedApp;

public static class Program
{
    // The setting chooses between the two ways in which such apps are written.
    public static void Main(string[] args)
    {
        var builder = FunctionsApplication.CreateBuilder(args);
        if (Environment.GetEnvironmentVariable("INTEGRATION") == "AspNetCore")
        {
            Thread.Sleep(int.TryParse(Environment.GetEnvironmentVariable("START_DELAY"), out var delay) ? delay : 0);
            builder.ConfigureFunctionsWebApplication();
        }

        builder.Services.AddSingleton<Greeter>();
        builder.Build().Run();
    }
}

public sealed class Greeter
{
    public string Greet(string? name) => string.IsNullOrEmpty(name) ? "Hello, World." : $"Hello, {name}.";
}
