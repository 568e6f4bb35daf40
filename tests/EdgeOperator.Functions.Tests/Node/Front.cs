using System.Text;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;
using EdgeOperator.Functions.Workers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.Tests.Node;

/// <summary>The least of a front: forwards requests for functions to one worker.</summary>
internal sealed class Front : IAsyncDisposable
{
    private readonly WebApplication _web;

    private Front(WebApplication web) => (_web, Client) = (web, new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, ResponseHeaderEncodingSelector = (_, _) => Encoding.Latin1 }) { BaseAddress = new(web.Urls.Single()) });

    public HttpClient Client { get; }

    /// <summary>What became of the last request.</summary>
    public object? LastOutcome { get; private set; }

    /// <summary>The result of the last request that was answered; completes with the function, which is after its answer.</summary>
    public Task<InvocationResult> LastResult { get; private set; } = Task.FromResult(InvocationResult.Success);

    public static async Task<Front> StartAsync(IWorker worker, IEnumerable<FunctionDefinition> functions)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(o =>
        {
            o.Limits.MaxRequestBodySize = null;
            o.ResponseHeaderEncodingSelector = _ => Encoding.Latin1;
        });
        var web = builder.Build();
        Front? front = null;
        foreach (var function in functions.Where(worker.Forwards))
        {
            web.Map("/api/" + (function.Trigger.Text("route") ?? function.Name), async (HttpContext context) =>
            {
                try
                {
                    var result = worker.ForwardAsync(context, function, Invocation.NewId(), context.RequestAborted);
                    front!.LastResult = result;
                    front.LastOutcome = (await result).Error ?? (object)true;
                }
                catch (WorkerLostException e)
                {
                    front!.LastOutcome = e;
                    context.Response.StatusCode = 502;
                }
            });
        }

        await web.StartAsync();
        return front = new(web);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _web.DisposeAsync();
    }
}
