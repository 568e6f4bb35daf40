using EdgeOperator.Testing;

namespace EdgeOperator.Benchmarks.Functions;

/// <summary>The apps that are measured, made as a developer would.</summary>
internal static class BenchApps
{
    private const string Library = "@azure/functions@4.16.5";

    /// <summary>A custom handler in C: GET /api/hello, and a function that takes the queue "work".</summary>
    public static async Task<string> CustomHandlerAsync(TempFolder folder)
    {
        folder.Write("host.json", """{"version": "2.0", "customHandler": {"description": {"defaultExecutablePath": "handler"}, "enableForwardingHttpRequest": true}}""");
        folder.Write("hello/function.json", """
            {"bindings": [{"type": "httpTrigger", "direction": "in", "name": "req", "methods": ["get"], "authLevel": "anonymous"},
                          {"type": "http", "direction": "out", "name": "$return"}]}
            """);
        folder.Write("take/function.json", """{"bindings": [{"type": "queueTrigger", "direction": "in", "name": "item", "queueName": "work"}]}""");
        await Shell.RunAsync("gcc", "-O2", "-o", folder.File("handler"), Path.Combine(AppContext.BaseDirectory, "Functions", "handler.c"));
        return folder;
    }

    /// <summary>The same in Node.js with the published library.</summary>
    public static async Task<string> NodeAsync(TempFolder folder)
    {
        folder.Write("host.json", """{"version": "2.0"}""");
        folder.Write("package.json", """{"name": "bench", "main": "app.js"}""");
        folder.Write("app.js", """
            const { app } = require('@azure/functions');
            app.http('hello', { methods: ['GET'], authLevel: 'anonymous', handler: async () => ({ jsonBody: { hello: 'world' } }) });
            app.storageQueue('take', { queueName: 'work', handler: async () => {} });
            """);
        await Shell.RunAsync("npm", "install", "--prefix", folder, "--no-audit", "--no-fund", "--silent", Library);
        return folder;
    }

    /// <summary>A server that does what the Node.js app's function does, with nothing but Node.js.</summary>
    public static string BareNode(TempFolder folder) => folder.Write("bare.js", """
        require('node:http').createServer((request, response) => {
          response.writeHead(200, { 'content-type': 'application/json' });
          response.end(JSON.stringify({ hello: 'world' }));
        }).listen(Number(process.argv[2]), '127.0.0.1');
        """);

    /// <summary>An app of Microsoft's .NET isolated worker with ASP.NET Core integration: GET /api/hello.</summary>
    public static Task<string> DotnetAsync(TempFolder folder)
    {
        folder.Write("isolated/host.json", """{"version": "2.0"}""");
        folder.Write("isolated/Program.cs", """
            using Microsoft.AspNetCore.Http;
            using Microsoft.AspNetCore.Mvc;
            using Microsoft.Azure.Functions.Worker;
            using Microsoft.Azure.Functions.Worker.Builder;
            using Microsoft.Extensions.Hosting;

            var builder = FunctionsApplication.CreateBuilder(args);
            builder.ConfigureFunctionsWebApplication();
            builder.Build().Run();

            public sealed class Hello
            {
                [Function("hello")]
                public IActionResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) => new JsonResult(new { hello = "world" });
            }
            """);
        return BuildAsync(folder, "isolated", "Microsoft.NET.Sdk", """
            <PackageReference Include="Microsoft.Azure.Functions.Worker" Version="2.52.0" />
            <PackageReference Include="Microsoft.Azure.Functions.Worker.Extensions.Http" Version="3.3.0" />
            <PackageReference Include="Microsoft.Azure.Functions.Worker.Extensions.Http.AspNetCore" Version="2.1.1" />
            <PackageReference Include="Microsoft.Azure.Functions.Worker.Sdk" Version="2.1.0" />
            <FrameworkReference Include="Microsoft.AspNetCore.App" />
            <None Update="host.json" CopyToOutputDirectory="PreserveNewest" />
            """);
    }

    /// <summary>A bare ASP.NET Core app that answers the same; takes its port as argument.</summary>
    public static async Task<string> BareDotnetAsync(TempFolder folder)
    {
        folder.Write("bare/Program.cs", """
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls($"http://127.0.0.1:{args[0]}");
            var app = builder.Build();
            app.MapGet("/api/hello", () => Results.Json(new { hello = "world" }));
            app.Run();
            """);
        return Path.Combine(await BuildAsync(folder, "bare", "Microsoft.NET.Sdk.Web", ""), "bare.dll");
    }

    private static async Task<string> BuildAsync(TempFolder folder, string name, string sdk, string items)
    {
        folder.Write($"{name}/{name}.csproj", $"""
            <Project Sdk="{sdk}">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <AzureFunctionsVersion>v4</AzureFunctionsVersion>
                <OutputType>Exe</OutputType>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup>{items}</ItemGroup>
            </Project>
            """);
        await Shell.RunAsync("dotnet", "build", folder.File($"{name}/{name}.csproj"), "-c", "Release", "-o", folder.File($"{name}-app"), "-v", "quiet", "-clp:NoSummary", "-nodeReuse:false");
        return folder.File($"{name}-app");
    }
}
