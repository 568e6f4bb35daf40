using System.Collections.Immutable;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Hosting;
using EdgeOperator.Functions.Invoking;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Functions.Tests.Hosting;

/// <summary>An app without processes: its functions are delegates.</summary>
internal sealed class CannedApp : IRunningApp, IInvoker
{
    private readonly Dictionary<string, Func<Invocation, CancellationToken, Task<InvocationResult>>> _functions = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Func<HttpContext, CancellationToken, Task>> _forwarded = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<FunctionDefinition> _definitions = [];

    public FunctionApp App { get; init; } = new()
    {
        Name = "canned",
        Folder = "/canned",
        Host = new(),
        Settings = ImmutableSortedDictionary<string, string>.Empty,
        Worker = "custom",
    };

    public ImmutableArray<FunctionDefinition> Functions => [.. _definitions];

    public ImmutableArray<FunctionProblem> Problems { get; init; } = [];

    public IInvoker Invoker => this;

    public ImmutableArray<IListener> Listeners { get; init; } = [];

    public ImmutableArray<InstanceReport> Instances => [];

    public bool IsStopped { get; private set; }

    /// <summary>One whose every function, <c>GET /api/echo</c> being the only one, answers with a text.</summary>
    public static CannedApp Saying(string text) => new CannedApp().Forwarding("echo", (context, aborted) => context.Response.WriteAsync(text, aborted));

    public CannedApp Forwarding(string name, Func<HttpContext, CancellationToken, Task> answer, string trigger = """{ "authLevel": "anonymous" }""")
    {
        _forwarded[name] = answer;
        return Http(name, trigger);
    }

    public CannedApp Answering(string name, Func<Invocation, CancellationToken, Task<InvocationResult>> function, string trigger = """{ "authLevel": "anonymous" }""", bool disabled = false)
    {
        _functions[name] = function;
        return Http(name, trigger, disabled);
    }

    public CannedApp Triggered(string name, string type, Func<Invocation, CancellationToken, Task<InvocationResult>> function)
    {
        _functions[name] = function;
        _definitions.Add(new(name, [new("input", type, BindingDirection.In, [])]) { Folder = $"/canned/{name}" });
        return this;
    }

    public static Func<Invocation, CancellationToken, Task<InvocationResult>> Returning(Value? value) => (_, _) =>
        Task.FromResult(new InvocationResult(ImmutableSortedDictionary<string, Value>.Empty, value, null));

    public Task<InvocationResult> InvokeAsync(Invocation invocation, CancellationToken cancellation) =>
        _functions[invocation.Function.Name](invocation, cancellation);

    public bool Forwards(FunctionDefinition function) => _forwarded.ContainsKey(function.Name);

    public Task ForwardAsync(HttpContext context, FunctionDefinition function, string invocationId, CancellationToken cancellation) =>
        _forwarded[function.Name](context, cancellation);

    public ValueTask DisposeAsync()
    {
        IsStopped = true;
        return ValueTask.CompletedTask;
    }

    private CannedApp Http(string name, string trigger, bool disabled = false)
    {
        ImmutableArray<Binding> bindings =
        [
            new("req", "httpTrigger", BindingDirection.In, (JsonObject)JsonNode.Parse(trigger)!),
            new(Binding.Return, "http", BindingDirection.Out, []),
        ];
        _definitions.Add(new(name, bindings) { Folder = $"/canned/{name}", Disabled = disabled });
        return this;
    }
}
