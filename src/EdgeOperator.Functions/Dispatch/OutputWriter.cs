using System.Collections.Immutable;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;

namespace EdgeOperator.Functions.Dispatch;

/// <summary>Writes what a function put out, but for answers to requests.</summary>
internal sealed class OutputWriter(IReadOnlyList<IOutput> outputs, TimeProvider time)
{
    /// <summary>Whether the function puts out anything but an answer to a request.</summary>
    public static bool HasOutputs(FunctionDefinition function) => function.Bindings.Any(IsOutput);

    /// <summary>Finds out where an invocation's outputs go, before its function runs: one that nobody could write must not be found afterwards.</summary>
    /// <exception cref="FormatException">A binding names what the trigger does not know or what can't exist, or is of no kind that there is.</exception>
    public ResolvedOutputs Resolve(Invocation invocation)
    {
        if (!HasOutputs(invocation.Function))
        {
            return ResolvedOutputs.None;
        }

        var data = BindingData.Of(invocation);
        var resolved = ImmutableArray.CreateBuilder<(IOutput, Binding)>();
        foreach (var binding in invocation.Function.Bindings.Where(IsOutput))
        {
            var output = outputs.FirstOrDefault(o => o.Handles(binding))
                ?? throw new FormatException($"the output {binding.Name} is of the type {binding.Type}, which is not supported on the device");
            try
            {
                var place = BindingExpression.Resolve(binding, data, time.GetUtcNow());
                output.Check(place);
                resolved.Add((output, place));
            }
            catch (FormatException e)
            {
                throw new FormatException($"The output {binding.Name} could not be written, so the function is not run: {e.Message}", e);
            }
        }

        return new(resolved.ToImmutable());
    }

    /// <exception cref="IOException">An output could not be written.</exception>
    public static async Task WriteAsync(ResolvedOutputs outputs, Invocation invocation, InvocationResult result, CancellationToken cancellation)
    {
        foreach (var (output, binding) in outputs.Bindings)
        {
            if (ValueFor(binding, result) is { } value)
            {
                await output.WriteAsync(binding, value, invocation.Metadata, cancellation);
            }
        }
    }

    private static bool IsOutput(Binding binding) =>
        binding.Direction != BindingDirection.In && !binding.IsTrigger && !binding.Type.Equals("http", StringComparison.OrdinalIgnoreCase);

    private static Value? ValueFor(Binding binding, InvocationResult result) =>
        binding.Name == Binding.Return ? result.ReturnValue
        : result.Outputs.GetValueOrDefault(binding.Name);
}

/// <summary>Where the outputs of one invocation go.</summary>
internal sealed record ResolvedOutputs(ImmutableArray<(IOutput Output, Binding Binding)> Bindings)
{
    public static ResolvedOutputs None { get; } = new([]);
}
