package dev.ringway.control.translate;

import dev.ringway.codecs.proxyproto.TlvTypes;
import dev.ringway.control.accesslog.MetadataOperator;
import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.snapshot.MetadataKeys;
import dev.ringway.engine.snapshot.ProxyTelling;
import io.envoyproxy.envoy.config.core.v3.ProxyProtocolConfig;
import io.envoyproxy.envoy.config.core.v3.ProxyProtocolPassThroughTLVs;
import io.envoyproxy.envoy.config.core.v3.TlvEntry;
import io.envoyproxy.envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol;

import java.io.ByteArrayOutputStream;
import java.util.List;

/**
 * Translates which values stand behind the addresses of PROXY headers, and what becomes of them. Control thread only.
 */
final class ProxyValues
{
    private static final int MAX_LENGTH = 0xFFFF;
    private static final String FILTER_NAMESPACE = "envoy.filters.listener.proxy_protocol";
    /** By which Envoy chooses endpoints for connections. */
    private static final String BALANCING_NAMESPACE = "envoy.lb";

    private ProxyValues()
    {
    }

    /**
     * @param isSet  whether the message is there.
     * @param config which are passed on.
     * @param path   of it.
     * @param checks where faults go.
     * @return their types, or null for none.
     */
    static TlvTypes passed(
        final boolean isSet, final ProxyProtocolPassThroughTLVs config, final FieldPath path, final Checks checks)
    {
        if (!isSet)
        {
            return null;
        }
        final TlvTypes types = new TlvTypes();
        for (int i = 0; i < config.getTlvTypeCount(); i++)
        {
            if (isType(config.getTlvType(i), path.field("tlv_type").at(i), checks))
            {
                types.add(config.getTlvType(i));
            }
        }
        return config.getMatchType() == ProxyProtocolPassThroughTLVs.PassTLVsMatchType.INCLUDE_ALL ?
            TlvTypes.all() : types;
    }

    /**
     * @param configs what a connection carries by which keys.
     * @param path    of their field.
     * @param checks  where faults go.
     * @return the keys, or null for none.
     */
    static MetadataKeys keys(final List<ProxyProtocol.Rule> configs, final FieldPath path, final Checks checks)
    {
        final MetadataKeys keys = new MetadataKeys();
        for (int i = 0; i < configs.size(); i++)
        {
            final ProxyProtocol.KeyValuePair pair = configs.get(i).getOnTlvPresent();
            final FieldPath at = path.at(i).field("on_tlv_present");
            final String namespace =
                pair.getMetadataNamespace().isEmpty() ? FILTER_NAMESPACE : pair.getMetadataNamespace();
            checks.required(pair.getKey(), at.field("key"));
            if (MetadataOperator.isFilled(namespace) || namespace.equals(BALANCING_NAMESPACE))
            {
                checks.fault(at.field("metadata_namespace"), "'" + namespace + "' is not supported");
            }
            if (isType(configs.get(i).getTlvType(), path.at(i).field("tlv_type"), checks))
            {
                keys.put(configs.get(i).getTlvType(), MetadataKeys.number(namespace, pair.getKey()));
            }
        }
        return configs.isEmpty() ? null : keys;
    }

    /**
     * @param config  of version 2.
     * @param path    of it.
     * @param checks  where faults go.
     * @param tooLong id of the counter of headers that are too long.
     * @return what endpoints are told.
     */
    static ProxyTelling telling(
        final ProxyProtocolConfig config, final FieldPath path, final Checks checks, final int tooLong)
    {
        final TlvTypes types = new TlvTypes();
        final ByteArrayOutputStream added = new ByteArrayOutputStream();
        for (int i = 0; i < config.getAddedTlvsCount(); i++)
        {
            add(added, types, config.getAddedTlvs(i), path.field("added_tlvs").at(i), checks);
        }
        if (added.size() > ProxyTelling.MAX_ADDED)
        {
            checks.fault(path.field("added_tlvs"),
                "have " + added.size() + " bytes with their types and lengths; at most " + ProxyTelling.MAX_ADDED);
        }
        final TlvTypes wanted = passed(
            config.hasPassThroughTlvs(), config.getPassThroughTlvs(), path.field("pass_through_tlvs"), checks);
        return new ProxyTelling(2, added.toByteArray(), wanted == null ? null : without(wanted, types), tooLong);
    }

    private static void add(
        final ByteArrayOutputStream added,
        final TlvTypes types,
        final TlvEntry entry,
        final FieldPath path,
        final Checks checks)
    {
        final int length = entry.getValue().size();
        checks.required(length > 0, path.field("value"));
        if (length > MAX_LENGTH)
        {
            checks.fault(path.field("value"), "has " + length + " bytes; at most " + MAX_LENGTH);
        }
        if (isType(entry.getType(), path.field("type"), checks))
        {
            types.add(entry.getType());
        }
        added.write(entry.getType());
        added.write(length >> Byte.SIZE);
        added.write(length);
        added.writeBytes(entry.getValue().toByteArray());
    }

    private static boolean isType(final int type, final FieldPath path, final Checks checks)
    {
        final boolean isType = type >= 0 && type < TlvTypes.COUNT;
        if (!isType)
        {
            checks.fault(path, "must be less than 256: " + Integer.toUnsignedString(type));
        }
        return isType;
    }

    private static TlvTypes without(final TlvTypes types, final TlvTypes others)
    {
        final TlvTypes left = new TlvTypes();
        for (int type = 0; type < TlvTypes.COUNT; type++)
        {
            if (types.contains(type) && !others.contains(type))
            {
                left.add(type);
            }
        }
        return left;
    }
}
