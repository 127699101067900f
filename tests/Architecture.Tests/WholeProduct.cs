using Microsoft.AspNetCore.Builder;
using PortalServices.Content;
using PortalServices.Counting;
using PortalServices.Edge;
using PortalServices.Feedback;
using PortalServices.Messaging;
using PortalServices.Portal;
using PortalServices.ServiceDefaults;
using PortalServices.ServiceDefaults.Hosting;
using PortalServices.Testing;

namespace PortalServices.Architecture.Tests;

/// <summary>All modules in one application that is never started: to look at what they register and map.</summary>
internal static class WholeProduct
{
    public static WebApplication Build(params string[] settings)
    {
        var builder = PortalProcess.CreateBuilder([
            $"--Seeds:Directory={Path.Combine(Repository.Root, "seeds")}",
            "--ConnectionStrings:content=Data Source=x.db",
            "--ConnectionStrings:feedback=Data Source=x.db",
            "--Counting:VisitorSecret=a secret of the tests, 32 characters and more",
            .. settings,
        ]);
        builder
            .AddServiceDefaults()
            .AddEdge()
            .AddPortal()
            .AddCounting()
            .AddContent()
            .AddFeedback()
            .AddMessaging(bus => bus.AddCountingConsumers().AddContentConsumers().AddFeedbackConsumers());
        return builder.Build();
    }
}
