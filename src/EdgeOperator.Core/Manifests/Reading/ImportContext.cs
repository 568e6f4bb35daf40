namespace EdgeOperator.Core.Manifests.Reading;

/// <summary>Where a document in another system's language stands, and for whom it is read.</summary>
/// <param name="File">The path of its file in the source.</param>
/// <param name="IsNamed">Whether somebody asked for this very file.</param>
/// <param name="Files">The files of the source.</param>
internal sealed record ImportContext(string File, bool IsNamed, SourceFiles Files, RenderContext Context);
