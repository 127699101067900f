using PortalServices.ClockedHost;
using PortalServices.Counting;
using PortalServices.OperatorAccess;
using PortalServices.ServiceDefaults;
using PortalServices.ServiceDefaults.Hosting;
using PortalServices.ServiceDefaults.Settings;

// Counting.Host under a calendar clock that a test sets: a process of its own, so that it can be killed like the real
// one.
return await PortalProcess.RunAsync(
    args,
    builder =>
    {
        builder.Services.AddSingleton<TimeProvider, HandSetClock>();
        builder.AddServiceDefaults().AddOperatorAccess().AddCounting();
        builder.Services.AddKnownSection(
            "Clock",
            SettingShape.Section(new Dictionary<string, SettingShape> { ["Now"] = SettingShape.Text })
        );
        // A clock set by hand is no standstill, and must not look like one.
        builder.Services.AddSingleton(new SuspensionDetector(TimeProvider.System));
        builder.Services.KeepHouseWhenAsked();
    },
    app => app.UseServiceDefaults().UseOperatorAccess().MapClock().MapHousekeeping().MapCounting()
);
