package dev.ringway.control.admin;

import com.google.gson.JsonObject;
import dev.ringway.engine.balance.HostHealth;
import dev.ringway.engine.snapshot.Endpoint;
import dev.ringway.engine.snapshot.EndpointStatus;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Health of endpoints as Envoy writes it in {@code /clusters}.
 */
final class HealthText
{
    private static final Map<Integer, String> FOUND = new LinkedHashMap<>();
    private static final Map<Integer, String> NAMES = new LinkedHashMap<>();

    static
    {
        FOUND.put(HostHealth.FAILED_ACTIVE_CHECK, "/failed_active_hc");
        FOUND.put(HostHealth.FAILED_OUTLIER_CHECK, "/failed_outlier_check");
        NAMES.put(HostHealth.FAILED_ACTIVE_CHECK, "failed_active_health_check");
        NAMES.put(HostHealth.FAILED_OUTLIER_CHECK, "failed_outlier_check");
        NAMES.put(HostHealth.DEGRADED_ACTIVE_CHECK, "failed_active_degraded_check");
        NAMES.put(HostHealth.PENDING_ACTIVE_CHECK, "pending_active_hc");
        NAMES.put(HostHealth.EXCLUDED, "excluded_via_immediate_hc_fail");
        NAMES.put(HostHealth.ACTIVE_CHECK_TIMEOUT, "active_hc_timeout");
    }

    private HealthText()
    {
    }

    /**
     * @param endpoint as configured.
     * @param health   of it.
     * @return for example {@code /failed_active_hc}, or {@code healthy}.
     */
    static String flags(final Endpoint endpoint, final HostHealth health)
    {
        final StringBuilder out = new StringBuilder();
        FOUND.forEach((flag, text) -> out.append(health.has(flag) ? text : ""));
        final EndpointStatus status = endpoint.status();
        out.append(status == EndpointStatus.UNHEALTHY || status == EndpointStatus.TIMEOUT ? "/failed_eds_health" : "");
        out.append(health.has(HostHealth.DEGRADED_ACTIVE_CHECK) ? "/degraded_active_hc" : "");
        out.append(status == EndpointStatus.DEGRADED ? "/degraded_eds_health" : "");
        out.append(health.has(HostHealth.PENDING_ACTIVE_CHECK) ? "/pending_active_hc" : "");
        out.append(health.has(HostHealth.EXCLUDED) ? "/excluded_via_immediate_hc_fail" : "");
        out.append(health.has(HostHealth.ACTIVE_CHECK_TIMEOUT) ? "/active_hc_timeout" : "");
        out.append(status == EndpointStatus.DRAINING ? "/eds_status_draining" : "");
        return out.isEmpty() ? "healthy" : out.toString();
    }

    /**
     * @param value any.
     * @return it in as few digits as say it exactly, as Envoy writes success rates of endpoints.
     */
    static String number(final double value)
    {
        return new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
    }

    /**
     * @param value any.
     * @return it with at most six digits, as Envoy writes success rates of clusters.
     */
    static String shortNumber(final double value)
    {
        return new BigDecimal(value).round(new MathContext(6)).stripTrailingZeros().toPlainString();
    }

    /**
     * @param endpoint as configured.
     * @param health   of it.
     * @return {@code admin.v3.HostHealthStatus}.
     */
    static JsonObject json(final Endpoint endpoint, final HostHealth health)
    {
        final JsonObject json = new JsonObject();
        NAMES.forEach((flag, name) ->
        {
            if (health.has(flag))
            {
                json.addProperty(name, true);
            }
        });
        json.addProperty("eds_health_status", switch (endpoint.status())
        {
            case UNKNOWN, HEALTHY -> "HEALTHY";
            case UNHEALTHY, TIMEOUT -> "UNHEALTHY";
            default -> endpoint.status().name();
        });
        return json;
    }
}
