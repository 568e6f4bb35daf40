using System.Text.Json.Nodes;
using EdgeOperator.Functions.App;

namespace EdgeOperator.Functions.Invoking;

/// <summary>Writes the outputs of one type of binding, such as <c>queue</c>.</summary>
public interface IOutput
{
    bool Handles(Binding binding);

    /// <summary>Called before the function runs.</summary>
    /// <param name="binding">With its expressions resolved.</param>
    /// <exception cref="FormatException">It names what can't exist.</exception>
    void Check(Binding binding)
    {
    }

    /// <exception cref="IOException">It could not be written: the invocation failed.</exception>
    Task WriteAsync(Binding binding, Value value, JsonObject metadata, CancellationToken cancellation);
}
