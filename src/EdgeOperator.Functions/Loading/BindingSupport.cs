using EdgeOperator.Functions.App;

namespace EdgeOperator.Functions.Loading;

/// <summary>Which bindings there are on a device. Others are refused when an app is loaded, not when a function has run.</summary>
internal static class BindingSupport
{
    private static readonly string[] Triggers = ["httpTrigger", "timerTrigger", "queueTrigger", "blobTrigger"];
    private static readonly string[] Inputs = ["blob", "table"];
    private static readonly string[] Outputs = ["http", "queue", "blob", "table"];

    public static bool Has(Binding binding) => Supported(binding).Contains(binding.Type, StringComparer.OrdinalIgnoreCase);

    /// <summary>Says what is refused and what there is instead.</summary>
    public static string Refusal(Binding binding) =>
        $"The {Kind(binding)} {binding.Name} is of the type {binding.Type}, which is not supported on the device"
        + (Supported(binding) is { Length: > 0 } supported ? $"; {string.Join(", ", supported)} are" : "");

    private static string[] Supported(Binding binding) =>
        binding.IsTrigger ? Triggers
        : binding.Direction == BindingDirection.Out ? Outputs
        : binding.Direction == BindingDirection.In ? Inputs
        : [];

    private static string Kind(Binding binding) =>
        binding.IsTrigger ? "trigger"
        : binding.Direction == BindingDirection.Out ? "output"
        : binding.Direction == BindingDirection.In ? "input"
        : "binding with the direction inout";
}
