namespace EdgeOperator.Cli.Hub.Access;

/// <summary>A local user of a hub on the command line.</summary>
internal sealed class HubUser() : HubObject("User", "users", _ => []);
