using EdgeOperator.Functions.App;

namespace EdgeOperator.Functions.Invoking;

/// <summary>Writes what a function put out, but for answers to requests.</summary>
internal sealed class OutputWriter(IReadOnlyList<IOutput> outputs, TimeProvider time)
{
    /// <summary>Whether the function puts out anything but an answer to a request.</summary>
    public static bool HasOutputs(FunctionDefinition function) => function.Bindings.Any(IsOutput);

    /// <exception cref="IOException">An output could not be written.</exception>
    /// <exception cref="FormatException">A binding names what the trigger does not know, or is of no kind that there is.</exception>
    public async Task WriteAsync(Invocation invocation, InvocationResult result, CancellationToken cancellation)
    {
        System.Text.Json.Nodes.JsonObject? data = null;
        foreach (var binding in invocation.Function.Bindings)
        {
            if (ValueFor(binding, result) is { } value)
            {
                data ??= BindingData.Of(invocation);
                var output = outputs.FirstOrDefault(o => o.Handles(binding))
                    ?? throw new FormatException($"the output {binding.Name} is of the type {binding.Type}, which is not supported on the device");
                await output.WriteAsync(BindingExpression.Resolve(binding, data, time.GetUtcNow()), value, invocation.Metadata, cancellation);
            }
        }
    }

    private static bool IsOutput(Binding binding) =>
        binding.Direction != BindingDirection.In && !binding.IsTrigger && !binding.Type.Equals("http", StringComparison.OrdinalIgnoreCase);

    private static Value? ValueFor(Binding binding, InvocationResult result) =>
        !IsOutput(binding) ? null
        : binding.Name == Binding.Return ? result.ReturnValue
        : result.Outputs.GetValueOrDefault(binding.Name);
}
