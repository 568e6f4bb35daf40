using System.CommandLine;
using System.Text.Json.Nodes;
using EdgeOperator.Cli.Output;

namespace EdgeOperator.Cli.Hub.Twins;

/// <summary>A twin is a document in every format.</summary>
internal static class TwinText
{
    public static void Print(Call call, JsonNode? twin)
    {
        if (call.Printer.IsDocument)
            call.Printer.Print(twin);
        else
            call.Printer.Out.Write(JsonText.Render(twin, indented: true));
    }
}

/// <summary>A module of the device, whose twin is meant.</summary>
internal sealed class TwinModule : Option<string?>
{
    public TwinModule()
        : base("--module")
    {
        Description = "The twin of a module of the device, such as $edgeAgent";
        HelpName = "NAME";
    }

    public string Query(Call call) => call.Get(this) is { } module ? $"?module={Uri.EscapeDataString(module)}" : "";
}
