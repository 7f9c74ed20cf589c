set -euo pipefail

# Whatever happens, CloudFormation hears how it went.
trap '/opt/aws/bin/cfn-signal --exit-code $? --stack "${STACK}" --resource "${RESOURCE}" --region "${REGION}"' EXIT

dnf install --assumeyes aws-cfn-bootstrap python3
mkdir -p /srv/www
echo '@GREETING@' > /srv/www/index.html

cat > /etc/systemd/system/web.service <<UNIT
[Unit]
After=network-online.target
[Service]
ExecStart=/usr/bin/python3 -m http.server ${PORT} --directory /srv/www
DynamicUser=yes
[Install]
WantedBy=multi-user.target
UNIT
systemctl enable --now web.service
