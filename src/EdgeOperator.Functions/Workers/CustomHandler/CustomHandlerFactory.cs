using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;

namespace EdgeOperator.Functions.Workers.CustomHandler;

/// <param name="temporary">The app's own folder for temporary files.</param>
/// <param name="hostVersion">Told to the handlers.</param>
public sealed class CustomHandlerFactory(string temporary, string hostVersion, IInvocationLog log, TimeProvider time) : IWorkerFactory
{
    public IWorker Create(FunctionApp app, int number) => new CustomHandlerWorker(
        app,
        app.Host.CustomHandler ?? throw new AppException("host.json has no customHandler that names the program"),
        temporary,
        hostVersion,
        log,
        time);
}
