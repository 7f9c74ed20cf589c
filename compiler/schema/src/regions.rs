//! AWS regions: code, partition, name, availability zones.
//!
//! Source: "Regions and Availability Zones" of the AWS global infrastructure pages and botocore's endpoint data.
//! An account may see fewer zones than a region has; the letters are what a new account gets.

/// A region.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Region {
    /// `eu-west-1`.
    pub code: &'static str,
    /// `aws`, `aws-cn`, `aws-us-gov`, …
    pub partition: &'static str,
    /// `Europe (Ireland)`.
    pub name: &'static str,
    /// Letters of its zones.
    pub zones: &'static str,
}

impl Region {
    /// Names of its zones: `eu-west-1a`, ….
    pub fn zone_names(&self) -> impl Iterator<Item = String> {
        let code = self.code;
        self.zones.chars().map(move |letter| format!("{code}{letter}"))
    }

    /// What host names end in: the value of `AWS::URLSuffix`.
    pub fn url_suffix(&self) -> &'static str {
        match self.partition {
            "aws-cn" => "amazonaws.com.cn",
            "aws-eusc" => "amazonaws.eu",
            "aws-iso" => "c2s.ic.gov",
            "aws-iso-b" => "sc2s.sgov.gov",
            "aws-iso-e" => "cloud.adc-e.uk",
            "aws-iso-f" => "csp.hci.ic.gov",
            _ => "amazonaws.com",
        }
    }
}

/// All regions, by code.
pub fn all() -> &'static [Region] {
    &REGIONS
}

/// A region by its code.
pub fn find(code: &str) -> Option<&'static Region> {
    REGIONS.binary_search_by(|region| region.code.cmp(code)).ok().map(|at| &REGIONS[at])
}

const fn region(code: &'static str, partition: &'static str, name: &'static str, zones: &'static str) -> Region {
    Region { code, partition, name, zones }
}

#[rustfmt::skip]
static REGIONS: [Region; 45] = [
    region("af-south-1", "aws", "Africa (Cape Town)", "abc"),
    region("ap-east-1", "aws", "Asia Pacific (Hong Kong)", "abc"),
    region("ap-east-2", "aws", "Asia Pacific (Taipei)", "abc"),
    region("ap-northeast-1", "aws", "Asia Pacific (Tokyo)", "acd"),
    region("ap-northeast-2", "aws", "Asia Pacific (Seoul)", "abcd"),
    region("ap-northeast-3", "aws", "Asia Pacific (Osaka)", "abc"),
    region("ap-south-1", "aws", "Asia Pacific (Mumbai)", "abc"),
    region("ap-south-2", "aws", "Asia Pacific (Hyderabad)", "abc"),
    region("ap-southeast-1", "aws", "Asia Pacific (Singapore)", "abc"),
    region("ap-southeast-2", "aws", "Asia Pacific (Sydney)", "abc"),
    region("ap-southeast-3", "aws", "Asia Pacific (Jakarta)", "abc"),
    region("ap-southeast-4", "aws", "Asia Pacific (Melbourne)", "abc"),
    region("ap-southeast-5", "aws", "Asia Pacific (Malaysia)", "abc"),
    region("ap-southeast-6", "aws", "Asia Pacific (New Zealand)", "abc"),
    region("ap-southeast-7", "aws", "Asia Pacific (Thailand)", "abc"),
    region("ca-central-1", "aws", "Canada (Central)", "abd"),
    region("ca-west-1", "aws", "Canada West (Calgary)", "abc"),
    region("cn-north-1", "aws-cn", "China (Beijing)", "abd"),
    region("cn-northwest-1", "aws-cn", "China (Ningxia)", "abc"),
    region("eu-central-1", "aws", "Europe (Frankfurt)", "abc"),
    region("eu-central-2", "aws", "Europe (Zurich)", "abc"),
    region("eu-isoe-west-1", "aws-iso-e", "EU ISOE West", "abc"),
    region("eu-north-1", "aws", "Europe (Stockholm)", "abc"),
    region("eu-south-1", "aws", "Europe (Milan)", "abc"),
    region("eu-south-2", "aws", "Europe (Spain)", "abc"),
    region("eu-west-1", "aws", "Europe (Ireland)", "abc"),
    region("eu-west-2", "aws", "Europe (London)", "abc"),
    region("eu-west-3", "aws", "Europe (Paris)", "abc"),
    region("eusc-de-east-1", "aws-eusc", "AWS European Sovereign Cloud (Germany)", "abc"),
    region("il-central-1", "aws", "Israel (Tel Aviv)", "abc"),
    region("me-central-1", "aws", "Middle East (UAE)", "abc"),
    region("me-south-1", "aws", "Middle East (Bahrain)", "abc"),
    region("mx-central-1", "aws", "Mexico (Central)", "abc"),
    region("sa-east-1", "aws", "South America (Sao Paulo)", "abc"),
    region("us-east-1", "aws", "US East (N. Virginia)", "abcdef"),
    region("us-east-2", "aws", "US East (Ohio)", "abc"),
    region("us-gov-east-1", "aws-us-gov", "AWS GovCloud (US-East)", "abc"),
    region("us-gov-west-1", "aws-us-gov", "AWS GovCloud (US-West)", "abc"),
    region("us-iso-east-1", "aws-iso", "US ISO East", "abc"),
    region("us-iso-west-1", "aws-iso", "US ISO West", "abc"),
    region("us-isob-east-1", "aws-iso-b", "US ISOB East (Ohio)", "abc"),
    region("us-isof-east-1", "aws-iso-f", "US ISOF East", "abc"),
    region("us-isof-south-1", "aws-iso-f", "US ISOF South", "abc"),
    region("us-west-1", "aws", "US West (N. California)", "ac"),
    region("us-west-2", "aws", "US West (Oregon)", "abcd"),
];
