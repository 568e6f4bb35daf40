namespace EdgeOperator.Cli.Hub.Repositories;

/// <summary>A repository of a hub on the command line.</summary>
internal sealed class HubRepository() : HubObject("Repository", "repositories", HubSuggestions.Repositories);
